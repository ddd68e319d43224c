// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Parameters} from "../../../contracts/Parameters.sol";
import {ProgramRegistry} from "../../../contracts/ProgramRegistry.sol";
import {StakeVault} from "../../../contracts/StakeVault.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {AssayToken} from "../../../contracts/mocks/AssayToken.sol";
import {StepVerifierMock} from "../../../contracts/mocks/StepVerifierMock.sol";
import {Tier} from "../../../contracts/types/Tier.sol";
import {Checks} from "./Checks.sol";
import {ToyProgram} from "./ToyProgram.sol";
import {vm} from "./Vm.sol";

/// @notice Money, parameters and the toy program, and people who own tokens. The rest of the protocol is in `Deployed`.
abstract contract Base is Checks, ToyProgram {
    address internal constant PUBLISHER = address(0xA001);
    address internal constant REQUESTER = address(0xA002);
    address internal constant WORKER = address(0xA003);
    address internal constant CHALLENGER = address(0xA004);
    address internal constant FRIEND = address(0xA005);
    address internal constant KEEPER = address(0xA006);
    address internal constant STRANGER = address(0xA007);
    address internal constant KEY = address(0xA008);
    address internal constant GUARDIAN = address(0xA009);
    address internal constant GOVERNOR = address(0xA00A);
    address internal constant AUDIT_POOL = address(0xA00B);

    uint96 internal constant WEALTH = 1e24;
    uint96 internal constant STAKE = 10_000e18;
    uint96 internal constant FEE = 1e18;
    uint32 internal constant UNBONDING = 640;
    uint256 internal constant START = 1_800_000_000;

    AssayToken internal token;
    Parameters internal parameters;
    StakeVault internal vault;
    StepVerifierMock internal verifier;
    ProgramRegistry internal registry;
    bytes32 internal programId;

    function setUp() public virtual {
        deployBase();
        address[] memory modules = new address[](1);
        modules[0] = address(registry);
        vault.setModules(modules);
        welcome();
    }

    // DEPLOYMENT

    function deployBase() internal {
        vm.warp(START);
        token = new AssayToken();
        Tier[] memory tiers = new Tier[](1);
        tiers[0] = tier();
        parameters = new Parameters(tiers, UNBONDING, governor());
        vault = new StakeVault(token, parameters);
        verifier = new StepVerifierMock();
        registry = new ProgramRegistry(vault, verifier, parameters);
    }

    /// @notice Gives everybody tokens, the worker stake, and registers the toy program.
    function welcome() internal {
        address[7] memory people = [PUBLISHER, REQUESTER, WORKER, CHALLENGER, FRIEND, KEEPER, STRANGER];
        for (uint256 i = 0; i < people.length; ++i) enrich(people[i]);
        vm.prank(WORKER);
        vault.stake(WORKER, STAKE);
        bytes32 root = descriptorsRoot(); // hashing is a call too: it would use up the prank
        vm.prank(PUBLISHER);
        programId = registry.register(header(), root, 0, 0, "");
    }

    function enrich(address person) internal {
        token.mint(person, WEALTH);
        vm.prank(person);
        token.approve(address(vault), type(uint256).max);
    }

    /// @notice Who may propose parameters; nobody unless a test says otherwise. So with the guardian and the audit pool.
    function governor() internal pure virtual returns (address) {
        return address(0);
    }

    function tier() internal pure returns (Tier memory) {
        return
            Tier({
                name: "test",
                minLock: 100e18,
                lockPerFee: 20,
                deliveryPenaltyBps: 100,
                claimSeconds: 50,
                deliverySeconds: 60,
                windowSeconds: 60,
                maxTraceDepth: 4,
                maxTensorDepth: 5,
                minFee: 1e15,
                challengeBond: 10e18,
                gasPrice: 1e12,
                workerSeconds: 60,
                challengerSeconds: 60,
                floorSeconds: 10,
                airgapSeconds: 30,
                inputSeconds: 30,
                recheckSeconds: 20,
                receiptSeconds: 100,
                publisherBond: 50e18
            });
    }

    // VIEWS

    function account(address owner) internal view returns (IStakeVault.Account memory) {
        return vault.account(owner);
    }

    function credit(address owner) internal view returns (uint256) {
        return vault.account(owner).credit;
    }

    function stakeOf(address owner) internal view returns (uint256) {
        IStakeVault.Account memory a = vault.account(owner);
        return uint256(a.free) + a.locked + a.unbonding;
    }

    /// @notice I-01 and I-03: accounts, escrows and burns sum to what the vault holds.
    function checkSolvency(address[] memory people) internal view {
        uint256 sum = vault.pendingBurn();
        address[] memory modules = vault.modules();
        for (uint256 i = 0; i < modules.length; ++i) sum += vault.escrow(modules[i]);
        for (uint256 i = 0; i < people.length; ++i) sum += stakeOf(people[i]) + credit(people[i]);
        equal(token.balanceOf(address(vault)), sum, "I-01: the vault holds what the ledger says");
    }
}
