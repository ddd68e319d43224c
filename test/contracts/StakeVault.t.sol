// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {StakeVault} from "../../contracts/StakeVault.sol";
import {IStakeVault} from "../../contracts/interfaces/IStakeVault.sol";
import {ProtocolTest} from "./support/ProtocolTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice Takes one unit of every transfer for itself.
contract TaxedToken is ERC20("Taxed", "TAX") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from != address(0)) super._update(to, address(1), 1);
    }
}

contract StakeVaultTest is ProtocolTest {
    address internal constant MODULE = address(0xB001);
    address internal constant OTHER_MODULE = address(0xB002);

    function setUp() public override {
        super.setUp();
        vault = freshVault(IERC20(address(token)));
        vm.prank(WORKER);
        token.approve(address(vault), type(uint256).max);
        vm.prank(STRANGER);
        token.approve(address(vault), type(uint256).max);
    }

    function freshVault(IERC20 token_) internal returns (StakeVault made) {
        made = new StakeVault(token_, parameters);
        address[] memory modules = new address[](2);
        (modules[0], modules[1]) = (MODULE, OTHER_MODULE);
        made.setModules(modules);
    }

    function stakeWorker(uint96 amount) internal {
        vm.prank(WORKER);
        vault.stake(WORKER, amount);
    }

    function fundModule(uint96 amount) internal {
        vm.prank(MODULE);
        vault.escrowFrom(STRANGER, amount);
    }

    function sumsUp() internal view {
        address[3] memory people = [WORKER, STRANGER, REQUESTER];
        uint256 sum = vault.pendingBurn() + vault.escrow(MODULE) + vault.escrow(OTHER_MODULE);
        for (uint256 i = 0; i < people.length; ++i) {
            IStakeVault.Account memory a = account(people[i]);
            sum += uint256(a.free) + a.locked + a.unbonding + a.credit;
        }
        equal(sum, vault.held(), "I-01 sum of the ledger");
        equal(token.balanceOf(address(vault)), vault.held(), "I-01 balance");
    }

    // setModules

    function test_setModules_secondTime_reverts() public {
        vm.expectRevert(IStakeVault.ModulesAlreadySet.selector);
        vault.setModules(new address[](0));
    }

    function test_setModules_byStranger_reverts() public {
        StakeVault made = new StakeVault(IERC20(address(token)), parameters);
        vm.prank(STRANGER);
        vm.expectRevert(IStakeVault.ModulesAlreadySet.selector);
        made.setModules(new address[](0));
    }

    // stake

    function test_stake_zero_reverts() public {
        vm.expectRevert(IStakeVault.ZeroAmount.selector);
        vault.stake(WORKER, 0);
    }

    function testFuzz_stake_byAnyone_addsOnly_I14(uint96 first, uint96 second) public {
        first = uint96(1 + (first % 1e23));
        second = uint96(1 + (second % 1e23));
        stakeWorker(first);
        vm.prank(WORKER);
        vault.requestUnbond(first);
        vm.prank(WORKER);
        vault.setKey(KEY, 3);
        IStakeVault.Tranche[] memory before = vault.tranches(WORKER);
        vm.warp(START + 17);
        vm.prank(STRANGER);
        vault.stake(WORKER, second);
        IStakeVault.Account memory a = account(WORKER);
        equal(a.free, second, "free");
        equal(a.unbonding, first, "unbonding");
        equal(vault.tranches(WORKER).length, 1, "tranches");
        equal(vault.tranches(WORKER)[0].availableAt, before[0].availableAt, "timer");
        require(vault.hasRole(WORKER, KEY, 1), "key");
        sumsUp();
    }

    function test_stake_taxedToken_reverts() public {
        TaxedToken taxed = new TaxedToken();
        StakeVault made = freshVault(IERC20(address(taxed)));
        taxed.mint(STRANGER, 100);
        vm.startPrank(STRANGER);
        taxed.approve(address(made), 100);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.UnexpectedTransferAmount.selector, 99, 100));
        made.stake(WORKER, 100);
        vm.stopPrank();
    }

    function test_stake_beyondField_reverts_I07() public {
        token.mint(STRANGER, type(uint128).max);
        vm.startPrank(STRANGER);
        vault.stake(WORKER, type(uint96).max);
        vm.expectRevert(
            abi.encodeWithSelector(
                SafeCast.SafeCastOverflowedUintDowncast.selector,
                96,
                uint256(type(uint96).max) + 1
            )
        );
        vault.stake(REQUESTER, 1);
        vm.stopPrank();
    }

    // requestUnbond and withdraw

    function test_requestUnbond_zero_reverts() public {
        vm.expectRevert(IStakeVault.ZeroAmount.selector);
        vault.requestUnbond(0);
    }

    function testFuzz_requestUnbond_lockedStake_reverts_I11(uint96 staked, uint96 locked) public {
        staked = uint96(1 + (staked % 1e23));
        locked = uint96(1 + (locked % staked));
        stakeWorker(staked);
        vm.prank(MODULE);
        vault.lock(WORKER, locked);
        uint96 free = staked - locked;
        vm.prank(WORKER);
        vm.expectRevert(
            abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, WORKER, free, free + 1)
        );
        vault.requestUnbond(free + 1);
    }

    function test_requestUnbond_seventeenth_reverts_I41() public {
        stakeWorker(17);
        vm.startPrank(WORKER);
        for (uint256 i = 0; i < 16; ++i) vault.requestUnbond(1);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.TooManyTranches.selector, 16));
        vault.requestUnbond(1);
        vm.warp(START + UNBONDING);
        equal(vault.withdraw(), 16, "withdrawn");
        vault.requestUnbond(1);
        vm.stopPrank();
        equal(vault.tranches(WORKER).length, 1, "tranches");
    }

    function test_withdraw_aroundMaturity_succeeds() public {
        stakeWorker(100);
        vm.startPrank(WORKER);
        vault.requestUnbond(60);
        vm.warp(START + 10);
        vault.requestUnbond(40);
        bytes memory early = abi.encodeWithSelector(
            IStakeVault.NothingToWithdraw.selector,
            START + UNBONDING
        );
        vm.warp(START + UNBONDING - 1);
        vm.expectRevert(early);
        vault.withdraw();
        vm.warp(START + UNBONDING);
        equal(vault.withdraw(), 60, "first");
        equal(vault.tranches(WORKER)[0].amount, 40, "rest");
        vm.expectRevert(
            abi.encodeWithSelector(IStakeVault.NothingToWithdraw.selector, START + UNBONDING + 10)
        );
        vault.withdraw();
        vm.warp(START + UNBONDING + 11);
        equal(vault.withdraw(), 40, "second");
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NothingToWithdraw.selector, 0));
        vault.withdraw();
        vm.stopPrank();
        equal(token.balanceOf(WORKER), WEALTH - STAKE, "all back but what the other vault holds");
        sumsUp();
    }

    // keys

    function testFuzz_hasRole_anyBit_succeeds(uint8 roles, uint8 asked) public {
        vm.prank(WORKER);
        vault.setKey(KEY, roles);
        require(vault.hasRole(WORKER, KEY, asked) == (roles & asked != 0), "bits");
        require(vault.hasRole(WORKER, WORKER, asked), "owner");
        require(!vault.hasRole(KEY, WORKER, asked), "not the reverse");
        vm.prank(WORKER);
        vault.setKey(KEY, 0);
        require(!vault.hasRole(WORKER, KEY, asked), "revoked");
    }

    // modules only

    function test_modulesOnly_byStranger_reverts_I50() public {
        bytes[] memory calls = new bytes[](7);
        calls[0] = abi.encodeCall(vault.escrowFrom, (WORKER, 1));
        calls[1] = abi.encodeCall(vault.creditFromEscrow, (STRANGER, 1));
        calls[2] = abi.encodeCall(vault.burnFromEscrow, (1));
        calls[3] = abi.encodeCall(vault.lock, (WORKER, 1));
        calls[4] = abi.encodeCall(vault.unlock, (WORKER, 1));
        calls[5] = abi.encodeCall(vault.slashToEscrow, (WORKER, 1));
        calls[6] = abi.encodeCall(vault.moveEscrow, (MODULE, 1));
        bytes memory expected = abi.encodeWithSelector(IStakeVault.NotModule.selector, STRANGER);
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(STRANGER);
            (bool success, bytes memory reason) = address(vault).call(calls[i]);
            require(!success && keccak256(reason) == keccak256(expected), "a stranger moved money");
        }
    }

    function test_moveEscrow_toStranger_reverts() public {
        fundModule(5);
        vm.prank(MODULE);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotModule.selector, STRANGER));
        vault.moveEscrow(STRANGER, 5);
    }

    function testFuzz_escrow_paysOutOnlyWhatItHolds_I03(uint96 paid, uint96 credit, uint96 burn) public {
        paid = uint96(1 + (paid % 1e23));
        credit = uint96(credit % (uint256(paid) + 1));
        burn = uint96(burn % (uint256(paid - credit) + 1));
        fundModule(paid);
        vm.startPrank(MODULE);
        vault.creditFromEscrow(WORKER, credit);
        vault.burnFromEscrow(burn);
        uint96 rest = paid - credit - burn;
        bytes memory poor = abi.encodeWithSelector(
            IStakeVault.InsufficientEscrow.selector,
            MODULE,
            rest,
            rest + 1
        );
        vm.expectRevert(poor);
        vault.creditFromEscrow(WORKER, rest + 1);
        vm.expectRevert(poor);
        vault.burnFromEscrow(rest + 1);
        vm.expectRevert(poor);
        vault.moveEscrow(OTHER_MODULE, rest + 1);
        vault.moveEscrow(OTHER_MODULE, rest);
        vm.stopPrank();
        equal(vault.escrow(OTHER_MODULE), rest, "moved");
        sumsUp();

        if (credit > 0) {
            vm.prank(WORKER);
            equal(vault.claimCredit(REQUESTER), credit, "claimed");
            equal(token.balanceOf(REQUESTER), uint256(WEALTH) + credit, "paid");
        }
        vm.prank(WORKER);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NothingToClaim.selector, WORKER));
        vault.claimCredit(WORKER);
        if (burn > 0) {
            equal(vault.sweepBurn(), burn, "swept");
            equal(token.balanceOf(0x000000000000000000000000000000000000dEaD), burn, "burned");
        }
        vm.expectRevert(IStakeVault.ZeroAmount.selector);
        vault.sweepBurn();
        sumsUp();
    }

    function testFuzz_lock_freeStakeOnly_I12(uint96 staked, uint96 amount) public {
        staked = uint96(1 + (staked % 1e23));
        amount = uint96(amount % (uint256(staked) + 1));
        stakeWorker(staked);
        vm.startPrank(MODULE);
        vault.lock(WORKER, amount);
        uint96 rest = staked - amount;
        vm.expectRevert(
            abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, WORKER, rest, rest + 1)
        );
        vault.lock(WORKER, rest + 1);
        vault.unlock(WORKER, amount);
        vm.stopPrank();
        equal(account(WORKER).free, staked, "free again");
        equal(account(WORKER).locked, 0, "nothing locked");
    }

    function testFuzz_slashToEscrow_neverReverts(uint96 staked, uint96 locked, uint96 amount) public {
        staked = uint96(1 + (staked % 1e23));
        locked = uint96(locked % (uint256(staked) + 1));
        stakeWorker(staked);
        vm.startPrank(MODULE);
        vault.lock(WORKER, locked);
        uint96 slashed = vault.slashToEscrow(WORKER, amount);
        vm.stopPrank();
        equal(slashed, amount < locked ? amount : locked, "slashed");
        equal(account(WORKER).free, staked - locked, "free stake is not touched");
        equal(vault.escrow(MODULE), slashed, "escrow");
        sumsUp();
    }
}
