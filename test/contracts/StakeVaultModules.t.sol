// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {StakeVault} from "../../contracts/StakeVault.sol";
import {IStakeVault} from "../../contracts/interfaces/IStakeVault.sol";
import {VaultTest} from "./support/VaultTest.sol";
import {BlockingToken, CallingToken} from "./support/tokens.sol";
import {vm} from "./support/Vm.sol";

/// @notice What the protocol's contracts do with stake, fees and bonds.
contract StakeVaultModulesTest is VaultTest {
    // setModules

    function test_modules_asNamed() public view {
        address[] memory named = vault.modules();
        require(named.length == 2 && named[0] == MODULE && named[1] == OTHER_MODULE, "modules");
    }

    function test_setModules_secondTime_reverts_I50() public {
        vm.expectRevert(IStakeVault.ModulesAlreadySet.selector);
        vault.setModules(new address[](0));
    }

    function test_setModules_byStranger_reverts_I50() public {
        StakeVault made = new StakeVault(IERC20(address(token)), parameters);
        vm.prank(STRANGER);
        vm.expectRevert(IStakeVault.ModulesAlreadySet.selector);
        made.setModules(new address[](0));
    }

    // modules only

    function test_modulesOnly_byStranger_reverts_I50() public {
        bytes[] memory calls = new bytes[](9);
        calls[0] = abi.encodeCall(vault.escrowFrom, (WORKER, 1));
        calls[1] = abi.encodeCall(vault.creditFromEscrow, (STRANGER, 1));
        calls[2] = abi.encodeCall(vault.burnFromEscrow, (1));
        calls[3] = abi.encodeCall(vault.lock, (WORKER, 1));
        calls[4] = abi.encodeCall(vault.unlock, (WORKER, 1));
        calls[5] = abi.encodeCall(vault.slashToEscrow, (WORKER, 1));
        calls[6] = abi.encodeCall(vault.moveEscrow, (MODULE, 1));
        calls[7] = abi.encodeCall(vault.payFromEscrow, (STRANGER, 1));
        calls[8] = abi.encodeCall(vault.restoreFromEscrow, (STRANGER, 1));
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
        vm.expectRevert(poor);
        vault.payFromEscrow(REQUESTER, rest + 1);
        vm.expectRevert(poor);
        vault.restoreFromEscrow(REQUESTER, rest + 1);
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

    function testFuzz_payFromEscrow_paysAtOnce_I03(uint96 paid, uint96 first) public {
        paid = uint96(1 + (paid % 1e23));
        first = uint96(first % (uint256(paid) + 1));
        fundModule(paid);
        vm.startPrank(MODULE);
        vault.payFromEscrow(REQUESTER, first);
        vault.restoreFromEscrow(WORKER, paid - first);
        vm.stopPrank();
        equal(token.balanceOf(REQUESTER), uint256(WEALTH) + first, "paid");
        equal(account(WORKER).free, paid - first, "staked");
        equal(vault.escrow(MODULE), 0, "escrow");
        sumsUp();
    }

    /// @notice A receiver whom the token refuses to pay hurts nobody but itself.
    function test_payFromEscrow_blockedReceiver_hurtsItselfOnly_I43() public {
        BlockingToken blocking = new BlockingToken(REQUESTER);
        StakeVault made = freshVault(IERC20(address(blocking)));
        blocking.mint(STRANGER, 10);
        vm.prank(STRANGER);
        blocking.approve(address(made), 10);
        vm.startPrank(MODULE);
        made.escrowFrom(STRANGER, 10);
        vm.expectRevert(BlockingToken.Blocked.selector);
        made.payFromEscrow(REQUESTER, 4);
        made.creditFromEscrow(REQUESTER, 4);
        made.payFromEscrow(WORKER, 6);
        vm.stopPrank();
        equal(blocking.balanceOf(WORKER), 6, "others are paid");
        vm.prank(REQUESTER);
        equal(made.claimCredit(KEEPER), 4, "and it may name another receiver");
    }

    /// @notice A token that calls back finds the vault shut.
    function test_payFromEscrow_reentered_reverts_I43() public {
        CallingToken calling = new CallingToken();
        StakeVault made = freshVault(IERC20(address(calling)));
        calling.mint(STRANGER, 10);
        vm.prank(STRANGER);
        calling.approve(address(made), 10);
        calling.callBack(address(made), abi.encodeCall(made.sweepBurn, ()));
        vm.startPrank(MODULE);
        made.escrowFrom(STRANGER, 10);
        require(calling.refusal() == ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector, "in");
        made.payFromEscrow(WORKER, 10);
        require(calling.refusal() == ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector, "out");
        vm.stopPrank();
        equal(calling.calls(), 2, "it tried");
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

    function testFuzz_slashToEscrow_neverReverts_A14(uint96 staked, uint96 locked, uint96 amount) public {
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

    function test_slashToEscrow_beyondTheLock_takesUnbondingStakeNewestFirst_I13() public {
        stakeWorker(100);
        vm.startPrank(WORKER);
        vault.requestUnbond(10);
        vault.requestUnbond(20);
        vault.requestUnbond(30);
        vm.stopPrank();
        vm.startPrank(MODULE);
        vault.lock(WORKER, 15);
        equal(vault.slashToEscrow(WORKER, 15 + 30 + 5), 50, "slashed");
        vm.stopPrank();
        equal(account(WORKER).locked, 0, "the lock first");
        equal(account(WORKER).unbonding, 25, "unbonding");
        equal(account(WORKER).free, 25, "free stake is not touched");
        IStakeVault.Tranche[] memory left = vault.tranches(WORKER);
        require(left.length == 2 && left[0].amount == 10 && left[1].amount == 15, "the newest first");
        sumsUp();

        vm.warp(START + UNBONDING);
        vm.prank(WORKER);
        equal(vault.withdraw(), 25, "what is left matures as before");
    }

    function testFuzz_slashToEscrow_fullQueue_takesAtMostWhatIsThere_I13_I41(
        uint96[16] memory amounts,
        uint96 amount
    ) public {
        uint96 unbonding = 0;
        for (uint256 i = 0; i < 16; ++i) {
            amounts[i] = uint96(1 + (amounts[i] % 1e22));
            unbonding += amounts[i];
        }
        stakeWorker(unbonding);
        vm.startPrank(WORKER);
        for (uint256 i = 0; i < 16; ++i) vault.requestUnbond(amounts[i]);
        vm.stopPrank();
        amount = uint96(amount % 2e23);
        vm.prank(MODULE);
        uint96 slashed = vault.slashToEscrow(WORKER, amount);
        equal(slashed, amount < unbonding ? amount : unbonding, "slashed");
        equal(account(WORKER).unbonding, unbonding - slashed, "the rest");
        IStakeVault.Tranche[] memory left = vault.tranches(WORKER);
        uint256 sum = 0;
        for (uint256 i = 0; i < left.length; ++i) sum += left[i].amount;
        equal(sum, unbonding - slashed, "tranches");
        sumsUp();
    }
}
